import { blocks } from './blocks.ts';
import { capture } from './capture.ts';
import type { Command } from './command.ts';
import { completion } from './completion.ts';
import { debuggers } from './debuggers.ts';
import { demo } from './demo.ts';
import { diff } from './diff.ts';
import { info } from './info.ts';
import { pictures } from './pictures.ts';
import { render } from './render.ts';
import { watch } from './watch.ts';
import { zoom } from './zoom.ts';

/** All commands, in the order of --help. */
export const commands: readonly Command[] = [
  diff,
  info,
  blocks,
  render,
  zoom,
  pictures,
  capture,
  watch,
  debuggers,
  demo,
  completion,
];
