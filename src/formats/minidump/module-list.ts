import { isExactAddress } from '../../bytes/binary-reader.ts';
import type { LoadedModule } from '../../model/dump.ts';
import type { WarningLog } from '../warnings.ts';
import type { AddressReader } from './address-reader.ts';
import { type MinidumpFile, openList, readString, streamTypes } from './minidump-file.ts';
import { readDebugId, readVersion } from './module-ids.ts';

const entrySize = 108;

/** MINIDUMP_MODULE_LIST in the order of the list: the program itself comes first. */
export function readModules(file: MinidumpFile, readAddress: AddressReader, warnings: WarningLog): LoadedModule[] {
  const list = openList(file, streamTypes.moduleList, entrySize, warnings);
  if (list === undefined) return [];
  const { reader, start: listStart, count } = list;
  const modules: LoadedModule[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = listStart + index * entrySize;
    reader.seek(at);
    const start = readAddress(reader, 'BaseOfImage');
    const end = start + reader.u32('SizeOfImage');
    reader.seek(at + 16);
    const linkTime = reader.u32('TimeDateStamp');
    const nameOffset = reader.u32('ModuleNameRva');
    if (end === start || !isExactAddress(start)) {
      warnings.add('bad-module', 'a module has no size or an impossible address and is skipped', at);
      continue;
    }
    const version = readVersion(reader);
    reader.seek(at + 76);
    const debugId = readDebugId(file, reader.u32('CvRecord.DataSize'), reader.u32('CvRecord.Rva'));
    modules.push({
      start,
      end,
      path: readString(file, nameOffset) ?? '',
      ...(linkTime === 0 ? {} : { linkTime }),
      ...(version === undefined ? {} : { version }),
      ...(debugId === undefined ? {} : { debugId }),
    });
    if (modules.at(-1)!.path === '') warnings.add('bad-module-name', 'the name of a module cannot be read', at + 20);
  }
  return modules;
}
