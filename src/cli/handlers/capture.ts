import { escapeText } from '../../text/escape-text.ts';
import { captureToFile, describeCapture, sayWarnings } from '../capture-to-file.ts';
import type { CaptureFileArgs } from '../commands/capture.ts';
import { parseProcessId, resolveCapture } from '../resolve-capture.ts';
import { print } from '../terminal.ts';

export async function runCapture(args: CaptureFileArgs, signal: AbortSignal): Promise<void> {
  const id = parseProcessId('capture', args.pid!);
  const { force, quiet } = args;
  const captured = await captureToFile(id, args.output, { ...resolveCapture(args), force, quiet }, signal);
  const path = escapeText(captured.path, Number.POSITIVE_INFINITY);
  print(quiet ? path : `Dump: ${path}\n${escapeText(describeCapture(captured), Number.POSITIVE_INFINITY)}`);
  sayWarnings(captured);
}
