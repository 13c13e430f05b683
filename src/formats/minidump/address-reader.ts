import type { BinaryReader } from '../../bytes/binary-reader.ts';
import type { Address, PointerSize } from '../../model/address.ts';

/** Reads an address field; minidumps have 64-bit ones whatever the process. */
export type AddressReader = (reader: BinaryReader, field: string) => Address;

/** Some writers sign-extend the addresses of 32-bit processes; here they are what the process itself sees. */
export function createAddressReader(pointerSize: PointerSize): AddressReader {
  if (pointerSize === 8) return (reader, field) => reader.address64(field);
  return (reader, field) => {
    const address = reader.address64(field);
    return address < 0 && address >= -(2 ** 31) ? address + 2 ** 32 : address;
  };
}
