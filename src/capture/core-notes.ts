// The notes of a core: threads, process, auxiliary vector, mapped files, and leakviz's own.
import { captureNoteOwner } from '../formats/elf-core/capture-notes.ts';
import type { LinuxMapping } from '../formats/linux-maps.ts';
import { createFieldWriter, type FieldLayout, type FieldWriter } from './field-writer.ts';
import type { LiveProcess, LiveThread } from './live-process.ts';
import { registerWords, type ThreadRegisters } from './thread-registers.ts';

/** Note types of elf.h. */
const noteTypes = { status: 1, processInfo: 3, auxiliary: 6, files: 0x46494c45 } as const;

export interface CapturedThread extends LiveThread {
  readonly registers: ThreadRegisters | undefined;
}

/** What the notes are made of. */
export interface NoteFacts {
  readonly process: LiveProcess;
  readonly threads: readonly CapturedThread[];
  readonly userId: number;
  readonly userGroupId: number;
  /** /proc/PID/cmdline: arguments, each ended by a NUL. */
  readonly commandLine: Uint8Array;
  /** /proc/PID/auxv, as it is. */
  readonly auxiliary: Uint8Array;
  readonly mappings: readonly LinuxMapping[];
  readonly pageSize: number;
  /** Leakviz's own: type and text. */
  readonly own: readonly (readonly [type: number, text: Uint8Array])[];
}

/** All notes that stand before the memory. */
export function writeNotes(facts: NoteFacts): Uint8Array {
  const layout: FieldLayout = facts.process;
  const notes = createFieldWriter(layout);
  const [main, ...others] = facts.threads.map((thread) => statusNote(thread, facts));
  // gdb takes the first thread for the current one, and what follows up to the next status for the first thread's.
  if (main !== undefined) addNote(notes, 'CORE', noteTypes.status, main);
  addNote(notes, 'CORE', noteTypes.processInfo, processInfoNote(facts));
  addNote(notes, 'CORE', noteTypes.auxiliary, facts.auxiliary);
  addNote(notes, 'CORE', noteTypes.files, filesNote(facts));
  for (const status of others) if (status !== undefined) addNote(notes, 'CORE', noteTypes.status, status);
  for (const [type, text] of facts.own) addNote(notes, captureNoteOwner, type, text);
  return notes.toBytes();
}

/** A note of leakviz's own, for the end of the file. Its size depends on that of the text alone. */
export function writeOwnNote(layout: FieldLayout, type: number, text: Uint8Array): Uint8Array {
  const notes = createFieldWriter(layout);
  addNote(notes, captureNoteOwner, type, text);
  return notes.toBytes();
}

function addNote(notes: FieldWriter, owner: string, type: number, description: Uint8Array): void {
  const name = new TextEncoder().encode(`${owner}\0`);
  notes.u32(name.length);
  notes.u32(description.length);
  notes.u32(type);
  notes.bytes(name);
  notes.align(4);
  notes.bytes(description);
  notes.align(4);
}

/** elf_prstatus; undefined for processors whose registers are not known. */
function statusNote(thread: CapturedThread, { process }: NoteFacts): Uint8Array | undefined {
  const registers = registerWords(process.machine, thread.registers);
  if (registers === undefined) return undefined;
  const note = createFieldWriter(process);
  const wordSize = process.is64Bit ? 8 : 4;
  // Signal number, code, error; current signal: none, for it was not a signal of its own that stopped it.
  note.padTo(16);
  // Pending and held signals.
  note.word(0);
  note.word(0);
  for (const id of [thread.id, thread.parentId, thread.groupId, thread.sessionId]) note.u32(id);
  for (const ticks of thread.ticks) {
    // Clock ticks are hundredths of a second in all that /proc says.
    note.word(Math.floor(ticks / 100));
    note.word((ticks % 100) * 10_000);
  }
  for (const register of registers) note.word(register);
  // Whether floating-point registers follow: they do not.
  note.u32(0);
  note.align(wordSize);
  return note.toBytes();
}

const longestName = 16;
const longestArguments = 80;

/** elf_prpsinfo. */
function processInfoNote({ process, threads, userId, userGroupId, commandLine }: NoteFacts): Uint8Array {
  const main = threads[0];
  const note = createFieldWriter(process);
  const state = main?.state ?? 'R';
  note.u8(Math.max(0, 'RSDTZW'.indexOf(state)));
  note.u8(state.charCodeAt(0));
  note.u8(state === 'Z' ? 1 : 0);
  note.u8(main?.nice ?? 0);
  if (process.is64Bit) note.padTo(8);
  note.word(main?.flags ?? 0);
  if (process.is64Bit) {
    note.u32(userId);
    note.u32(userGroupId);
  } else {
    // i386 and arm count users with 16 bits here.
    note.u16(userId);
    note.u16(userGroupId);
  }
  for (const id of [process.id, main?.parentId ?? 0, main?.groupId ?? 0, main?.sessionId ?? 0]) note.u32(id);
  const nameEnd = note.size() + longestName;
  note.bytes(new TextEncoder().encode(process.name).subarray(0, longestName - 1));
  note.padTo(nameEnd);
  const words = commandLine.map((byte) => (byte === 0 ? 0x20 : byte));
  note.bytes(words.subarray(0, Math.min(longestArguments - 1, Math.max(0, words.length - 1))));
  note.padTo(nameEnd + longestArguments);
  return note.toBytes();
}

/** NT_FILE: mappings of files, and offsets in them in pages. */
function filesNote({ process, mappings, pageSize }: NoteFacts): Uint8Array {
  const files = mappings.filter(({ name }) => name.startsWith('/'));
  const note = createFieldWriter(process);
  note.word(files.length);
  note.word(pageSize);
  for (const { start, end, fileOffset } of files) {
    note.word(start);
    note.word(end);
    note.word(Math.floor(fileOffset / pageSize));
  }
  // Paths are bytes, which Latin-1 keeps as they are.
  for (const { name } of files) note.bytes(Buffer.from(`${name.replaceAll('\\012', '\n')}\0`, 'latin1'));
  return note.toBytes();
}
