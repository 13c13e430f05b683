/** What docs/formats.md says of each dump format. Markdown, in whole words. */
import type { DumpFormatId } from '../../src/formats/index.ts';

export interface FormatNotes {
  /** How its files are told. */
  readonly toldBy: string;
  /** What writes such files. */
  readonly writtenBy: string;
  /** Parts of the file, and what is taken from them. */
  readonly reads: readonly (readonly [part: string, taken: string])[];
  readonly ignores: string;
  /** By which programs, in what versions, the files were written that it was tried on, and how. */
  readonly testedOn: string;
  /** What nobody has tried, where that may differ. */
  readonly notTestedOn?: string;
}

const ownWriter = 'files that the tests write, by code of their own.';

export const formatNotes: Readonly<Record<DumpFormatId, FormatNotes>> = {
  minidump: {
    toldBy: '`MDMP` at the start',
    writtenBy:
      'MiniDumpWriteDump and all that calls it: Task Manager, ProcDump, WinDbg, WER; Wine; Breakpad and Crashpad',
    reads: [
      ['header', 'the time of capture'],
      ['`Memory64ListStream`, `MemoryListStream`', 'the bytes'],
      [
        '`MemoryInfoListStream`',
        'regions with their kind and access rights; free, reserved, no-access and guard pages are left out',
      ],
      ['`ModuleListStream`', 'programs and libraries, and which regions are theirs'],
      ['`ThreadListStream`', 'threads; their TEBs give the stacks, those of a 32-bit process in a 64-bit dump too'],
      ['`SystemInfoStream`', 'architecture, width of pointers, system with its build, processors'],
      ['`ExceptionStream`', 'code, address and thread, for `info`'],
      [
        "Crashpad's `CrashpadInfo`",
        'ids of report and client; of the annotations product, version, platform and channel, for `info`',
      ],
      ['`MiscInfoStream`', 'the process id'],
      ["Breakpad's `LinuxMaps`, `LinuxProcStatus`", 'regions and process id of a Linux process'],
    ],
    ignores:
      "handles, tokens, unloaded modules, thread names, comments; Breakpad's copies of cpuinfo, command line, environment and auxiliary vector; Crashpad's other annotations, which may hold anything",
    testedOn: `${ownWriter} The [samples](../samples/README.md), by Wine 8.0's dbghelp. By hand, once: 72 minidumps of public test collections (Breakpad, Crashpad, rust-minidump, symbolic, node-minidump, symstore) all opened.`,
    notTestedOn: 'full-memory minidumps written by Windows itself',
  },
  'elf-core': {
    toldBy: 'an ELF file of type core',
    writtenBy:
      "`leakviz capture`, the Linux kernel, gdb's `gcore`, `coredumpctl`, createdump; other Unix systems; of a whole machine: `/proc/vmcore`, `makedumpfile -E`, QEMU",
    reads: [
      [
        'program headers',
        'mappings and their bytes; what `p_filesz` leaves out of `p_memsz` is _not captured_, which is not zero',
      ],
      ['`NT_FILE`', 'which file each mapping is of'],
      ['`NT_PRSTATUS`', 'threads; the stack pointer marks the stack (x86, x86-64, arm, aarch64, riscv64, ppc64)'],
      ['`NT_PRPSINFO`', 'process id and name'],
      ['`NT_AUXV`', "page size, the vDSO, the main thread's stack, the program"],
      ['`VMCOREINFO`, `QEMU`', 'that it is a core of a machine; page size, kernel version, time of the crash'],
      ['notes of `LEAKVIZ`', '[what `leakviz capture` adds](#what-leakviz-capture-adds)'],
    ],
    ignores: "other notes: registers beyond the stack pointer, siginfo, GDB's own",
    testedOn: `${ownWriter} The [samples](../samples/README.md), by gdb 13.1's gcore, and cores that \`leakviz capture\` takes. By hand, once: 40 cores of public test collections (chap, drgn, rizin, clrmd) all opened, of x86, x86-64, arm, aarch64, riscv64, alpha, hppa, loongarch, m68k, mips, ppc64, s390x and sparc64, little and big endian, one of 131,070 segments; and a virtual machine of 48 MB that QEMU 7.2 dumped, which equals its own \`pmemsave\` page by page (12,256 pages).`,
    notTestedOn: 'cores of FreeBSD',
  },
  'windows-kernel': {
    toldBy: '`PAGEDUMP` or `PAGEDU64`',
    writtenBy:
      "a blue screen (`MEMORY.DMP`, minidumps of `C:\\Windows\\Minidump`), Task Manager's live kernel dump, WinDbg's `.dump`, virtual machines",
    reads: [
      ['complete (DumpType 1)', 'all pages, by the runs of physical memory in the header'],
      [
        'bitmap (5, live 6): complete, kernel and active memory dumps of Windows 8 and later',
        'the pages whose bit is set',
      ],
      ['kernel (2) of Windows 7 and before', 'the same, with a header of its own'],
      ['by a debugger (8 kernel, 9 kernel and user, 10 complete)', 'the ranges that the file lists'],
      [
        'small, triage (4)',
        'header, drivers, the stack of the thread that crashed, blocks of data: partial, and it says so',
      ],
      [
        'header, of all kinds',
        'time, architecture, bug check and its parameters, build, processors, time since the start, for `info`',
      ],
      ['page tables, from the directory base in the header', 'regions by virtual address, with their rights'],
      ['`PsLoadedModuleList`', 'names and places of the images: `leakviz render --module hal` works'],
      ['list of processes', 'the process that the dump was taken in, for `info`'],
    ],
    ignores:
      "registers beyond the stack pointer of the thread that crashed, other threads, the other processes' address spaces, secondary data of drivers, what each pool is for (which takes symbols)",
    testedOn: `${ownWriter} By hand, once: two small dumps of Windows (x64, build 19041; arm64, build 22000), with 151 and 245 drivers and the facts published with them.`,
    notTestedOn: 'real dumps with pages of memory, of any kind',
  },
  'macho-core': {
    toldBy: 'a Mach-O file of type core, either byte order',
    writtenBy: "the macOS kernel's `/cores`, lldb's `process save-core`",
    reads: [
      [
        '`LC_SEGMENT`, `LC_SEGMENT_64`',
        'mappings, their rights and bytes; what the file size leaves out of the memory size is _not captured_',
      ],
      [
        '`LC_THREAD`',
        'threads, counted from 1, for the core does not name them; the stack pointer marks the stack (x86, x86-64, arm, arm64, PowerPC)',
      ],
      ['the note `all image infos`', 'programs and libraries, where the writer left it (lldb)'],
      [
        "dyld's own list in memory",
        'the same, for cores without that note: dyld is known by its header, its list by its section',
      ],
    ],
    ignores: 'other notes, registers beyond the stack pointer',
    testedOn: `${ownWriter} By hand, once: those files in lldb, which gave the same memory, rights, stack pointers and images.`,
    notTestedOn: 'real cores of macOS: none was to be had',
  },
  kdump: {
    toldBy: "`KDUMP` or `DISKDUMP` at the start, in makedumpfile's flattened format too",
    writtenBy: "makedumpfile, QEMU's `dump-guest-memory -z`, older kernels' diskdump",
    reads: [
      ['header, versions 0 to 6, 32 and 64 bit, either byte order', 'architecture, page size, time, dump level'],
      ['bitmaps', 'the pages that exist and those that were dumped'],
      ['pages', 'the bytes: as they are, or packed with zlib, lzo, snappy or zstd'],
      ['`VMCOREINFO`', 'kernel version, time of the crash or dump'],
      ['one file of a split dump', 'what it is, a part'],
    ],
    ignores: "registers, eraseinfo, LKCD and s390's own formats; page tables are not followed",
    testedOn: `${ownWriter} Pages packed by liblzo2, libsnappy and zstd. By hand, once: a virtual machine of 48 MB that QEMU 7.2 dumped as flattened kdump (zlib), and that put in order by makedumpfile 1.7.2: both equal its \`pmemsave\` page by page (12,256 pages).`,
    notTestedOn: 'diskdump of older kernels, split dumps, and pages packed with lzo, snappy or zstd, as real dumps',
  },
  lime: {
    toldBy: '`EMiL` at the start',
    writtenBy: 'LiME; AVML unless it compresses',
    reads: [['headers of ranges', 'physical addresses and their bytes; words are taken to be 8 bytes, little endian']],
    ignores: 'nothing, for there is nothing else in it; the architecture is unknown',
    testedOn: ownWriter,
    notTestedOn: 'real files',
  },
  avml: {
    toldBy: '`AVML` at the start',
    writtenBy: 'AVML with `--compress`',
    reads: [
      [
        'headers of ranges, version 2',
        'physical addresses and their bytes, packed with snappy; words are taken to be 8 bytes, little endian',
      ],
    ],
    ignores: 'nothing, for there is nothing else in it; the architecture is unknown',
    testedOn: `${ownWriter} Data packed by libsnappy.`,
    notTestedOn: 'real files',
  },
  raw: {
    toldBy: 'nothing else fits',
    writtenBy: "WinDbg's `.writemem`, `dd`, anything",
    reads: [
      [
        'the file',
        'one range of memory, at `--base`; or the ranges that `--map` lists. Words are taken to be 8 bytes, little endian',
      ],
    ],
    ignores: 'nothing, for there is no description in it',
    testedOn: 'files that the tests write.',
  },
};
