import { dirname, isAbsolute, join } from 'node:path';
import type { DiskChange, DiskEvent } from './disk-event.ts';

/** All calls that could change what is on the disk: one that the reader does not know fails the reading. */
export const TRACED_CALLS: readonly string[] = [
  ...['open', 'openat', 'creat', 'lseek', 'write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'sendfile'],
  ...['copy_file_range', 'ftruncate', 'truncate', 'fallocate', 'fsync', 'fdatasync', 'link', 'linkat', 'symlink'],
  ...['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir'],
];

/** A call that succeeded. */
interface Call {
  readonly name: string;
  readonly result: number;
  /** As they stand in the trace. */
  readonly args: string;
  /** Those arguments that are text or data. */
  readonly strings: readonly Buffer[];
  /** The descriptor that comes first. */
  readonly descriptor: number;
  /** The path of the descriptor, or that of the folder from which the first path starts. */
  readonly at: string;
}

/**
 * Reads what `strace -f -y -xx` told of one process: what it did in `folder`, and what it said, in the order in which the
 * calls ended, but each folder before what is in it.
 */
export function readTrace(text: string, folder: string): readonly DiskEvent[] {
  const events: DiskEvent[] = [];
  const readChange = createChangeReader();
  const unfinished = new Map<string, { readonly start: string; readonly began: number }>();
  const isInside = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
  for (const [ended, line] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const [, start] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    if (start !== undefined) {
      unfinished.set(thread, { start, began: ended });
      continue;
    }
    const [, end] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    const { start: begun = '', began = ended } = (end !== undefined && unfinished.get(thread)) || {};
    const call = readCall(begun + (end ?? rest));
    if (call === undefined) continue;
    const change = readChange(call);
    if (change === 'unknown') {
      if (isInside(call.at) || call.strings.some((one) => isInside(one.toString()))) {
        throw new Error(`The trace has a call that is not understood: ${line.slice(0, 200)}`);
      }
    } else if (change !== undefined && (change.kind === 'say' || isInside(change.path))) {
      events.push({ began, ended, ...change });
    }
  }
  return foldersFirst(events);
}

/** Brings forward what made a folder: another thread may use one before the trace tells that it was made. */
function foldersFirst(events: readonly DiskEvent[]): readonly DiskEvent[] {
  const folders = new Map(events.flatMap((event) => (event.kind === 'make-folder' ? [[event.path, event]] : [])));
  const ordered = new Set<DiskEvent>();
  const add = (event: DiskEvent): void => {
    const folder = event.kind === 'say' ? undefined : folders.get(dirname(event.path));
    if (folder && folder.began < event.ended && !ordered.has(folder)) add(folder);
    ordered.add(event);
  };
  for (const event of events) add(event);
  return [...ordered];
}

function readCall(text: string): Call | undefined {
  const [, name, args, result] = /^(\w+)\((.*)\)\s+= (\d+)/.exec(text) ?? [];
  if (name === undefined || args === undefined) return undefined;
  const strings = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g)].map(([, hex = '', more]) => {
    if (more !== undefined) throw new Error('The trace does not have all of the data.');
    return unescaped(hex);
  });
  const [, first = '', at = ''] = /^(\w+)<((?:\\x[0-9a-f]{2})*)>(?!\(deleted\))/.exec(args) ?? [];
  return { name, args, result: Number(result), strings, descriptor: Number(first), at: unescaped(at).toString() };
}

function unescaped(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}

type Change = DiskChange | { readonly kind: 'say'; readonly text: string };

/** Remembers where each descriptor stands, for writes that do not say where. */
function createChangeReader(): (call: Call) => Change | 'unknown' | undefined {
  const positions = new Map<number, number>();
  return ({ name, args, result, strings, descriptor, at }) => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = strings;
    const path = isAbsolute(first.toString()) ? first.toString() : join(at, first.toString());
    const lastNumber = Number(/(\d+)$/.exec(args)?.[1]);
    switch (name) {
      case 'openat': {
        positions.set(result, 0);
        // Only a file that is new has nothing to lose.
        if (/O_APPEND/.test(args) || (/O_TRUNC/.test(args) && !/O_EXCL/.test(args))) return 'unknown';
        return /O_CREAT/.test(args) ? { kind: 'create', path } : undefined;
      }
      case 'lseek':
        positions.set(descriptor, result);
        return undefined;
      case 'write': {
        if (descriptor === 1) return { kind: 'say', text: first.toString() };
        const offset = positions.get(descriptor) ?? 0;
        positions.set(descriptor, offset + result);
        return { kind: 'write', path: at, offset, data: first.subarray(0, result) };
      }
      case 'pwrite64':
        return { kind: 'write', path: at, offset: lastNumber, data: first.subarray(0, result) };
      case 'ftruncate':
        return { kind: 'truncate', path: at, size: lastNumber };
      case 'fsync':
      case 'fdatasync':
        return { kind: 'sync', path: at };
      case 'rename':
      case 'link':
        return { kind: name, path, to: second.toString() };
      case 'mkdir':
        return { kind: 'make-folder', path };
      case 'unlink':
      case 'unlinkat':
      case 'rmdir':
        return { kind: 'remove', path };
      default:
        return 'unknown';
    }
  };
}
