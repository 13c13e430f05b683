import type { DumpDetail } from '../model/dump.ts';

/**
 * What a Linux kernel writes about itself for crash tools: lines of NAME=VALUE, in a note of a vmcore or in the sub
 * header of a kdump file. Reference: https://docs.kernel.org/admin-guide/kdump/vmcoreinfo.html
 */
export interface VmcoreInfo {
  /** Undefined where it is not told, or is none. */
  readonly pageSize: number | undefined;
  /** When the kernel crashed. */
  readonly crashedAt: Date | undefined;
  /** Version of the kernel, such as 6.1.0-13-amd64. Untrusted text. */
  readonly release: string | undefined;
}

/** Text beyond this is left aside: kernels write a few KiB. */
export const longestVmcoreInfo = 1 << 16;

/** Latest time that fits a Date, in seconds. */
const latestSecond = 8.64e12;

/** Never throws. */
export function parseVmcoreInfo(text: string): VmcoreInfo {
  const pageSize = numberAt(text, /^PAGESIZE=(\d+)$/m);
  const crashTime = numberAt(text, /^CRASHTIME=(\d+)$/m);
  return {
    pageSize: pageSize !== undefined && isPageSize(pageSize) ? pageSize : undefined,
    crashedAt: crashTime !== undefined && crashTime < latestSecond ? new Date(crashTime * 1000) : undefined,
    release: /^OSRELEASE=(.+)$/m.exec(text)?.[1],
  };
}

/** What is worth showing. */
export function kernelDetails(info: VmcoreInfo | undefined): DumpDetail[] {
  return info?.release === undefined ? [] : [{ name: 'Kernel', value: info.release }];
}

/** Whether a processor can have pages of this size. */
export function isPageSize(size: number): boolean {
  return size >= 512 && size <= 1 << 20 && Number.isInteger(Math.log2(size));
}

function numberAt(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
