import { basename, dirname, relative, sep } from 'node:path';
import type { DiskChange, Moment } from './disk-event.ts';

/** What a disk writes as a whole. */
const SECTOR = 512;

/** A disk in the middle of its work: what is certain to be on it, and what may or may not be. */
export interface SimulatedDisk {
  /** Changes come in the order in which they ended, but each folder before what is in it. */
  apply(change: DiskChange & Moment): void;
  /** What is found when the power is back. What was not synced is there where `keeps` says so, sector by sector. */
  cut(keeps: () => boolean): DiskImage;
}

/** A folder after a power cut. */
export interface DiskImage {
  readonly files: ReadonlyMap<string, Buffer | DiskImage>;
}

interface FileNode {
  /** What a sync has made certain. */
  durable: Buffer;
  pending: (Moment & Extract<DiskChange, { readonly kind: 'write' | 'truncate' }>)[];
}

interface FolderNode {
  readonly entries: Map<string, Node>;
  readonly durable: Map<string, Node>;
  pending: (Moment & EntryChange)[];
}

type Node = FileNode | FolderNode;

/** A change of names, whole or not at all. */
interface EntryChange {
  readonly removed?: string;
  readonly added?: readonly [name: string, node: Node];
}

/** Begins with an empty folder, whose own name is certain. A file's name is certain once its folder was synced. */
export function simulateDisk(root: string): SimulatedDisk {
  const top = newFolder();
  const folderOf = (path: string): FolderNode => {
    const node = find(dirname(path));
    if (node === undefined || !isFolder(node)) throw new Error(`The simulated disk has no folder for ${path}.`);
    return node;
  };
  const find = (path: string): Node | undefined =>
    relative(root, path)
      .split(sep)
      .filter((name) => name !== '')
      .reduce<Node | undefined>((node, name) => (node && isFolder(node) ? node.entries.get(name) : undefined), top);
  const fileAt = (path: string): FileNode => {
    const node = find(path);
    if (node === undefined || isFolder(node)) throw new Error(`The simulated disk has no file ${path}.`);
    return node;
  };
  const enter = ({ began, ended }: Moment, folder: FolderNode, change: EntryChange): void => {
    apply(folder.entries, change);
    folder.pending.push({ began, ended, ...change });
  };
  return {
    apply(change) {
      const { kind, path } = change;
      switch (kind) {
        case 'create':
          if (!find(path)) enter(change, folderOf(path), { added: [basename(path), newFile()] });
          return;
        case 'make-folder':
          return enter(change, folderOf(path), { added: [basename(path), newFolder()] });
        case 'remove':
          return enter(change, folderOf(path), { removed: basename(path) });
        case 'rename':
        case 'link': {
          const added = [basename(change.to), fileAt(path)] as const;
          if (dirname(path) !== dirname(change.to))
            throw new Error('The simulated disk moves no file to another folder.');
          return enter(change, folderOf(path), kind === 'link' ? { added } : { removed: basename(path), added });
        }
        case 'write':
        case 'truncate':
          return void fileAt(path).pending.push(change);
        case 'sync':
          return sync(find(path), change);
      }
    },
    cut: (keeps) => imageOf(top, keeps),
  };
}

const newFile = (): FileNode => ({ durable: Buffer.alloc(0), pending: [] });
const newFolder = (): FolderNode => ({ entries: new Map(), durable: new Map(), pending: [] });
const isFolder = (node: Node): node is FolderNode => 'entries' in node;

function apply(names: Map<string, Node>, { removed, added }: EntryChange): void {
  if (removed !== undefined) names.delete(removed);
  if (added !== undefined) names.set(...added);
}

function sync(node: Node | undefined, { began }: Moment): void {
  if (node === undefined) throw new Error('The simulated disk was to sync what it does not have.');
  const isCovered = ({ ended }: Moment): boolean => ended < began;
  if (isFolder(node)) {
    for (const change of node.pending.filter(isCovered)) apply(node.durable, change);
    node.pending = node.pending.filter((change) => !isCovered(change));
  } else {
    node.durable = written(node.durable, node.pending.filter(isCovered));
    node.pending = node.pending.filter((change) => !isCovered(change));
  }
}

function imageOf(folder: FolderNode, keeps: () => boolean): DiskImage {
  const names = new Map(folder.durable);
  for (const change of folder.pending) if (keeps()) apply(names, change);
  const files = [...names].map(([name, node]): [string, Buffer | DiskImage] => {
    if (isFolder(node)) return [name, imageOf(node, keeps)];
    return [name, written(node.durable, node.pending.flatMap(intoSectors).filter(keeps))];
  });
  return { files: new Map(files) };
}

type FileChange = Extract<DiskChange, { readonly kind: 'write' | 'truncate' }>;

function intoSectors(change: FileChange): readonly FileChange[] {
  if (change.kind === 'truncate') return [change];
  const { offset, data } = change;
  const parts: FileChange[] = [];
  for (let start = 0; start < data.length; ) {
    const end = Math.min(data.length, start + SECTOR - ((offset + start) % SECTOR));
    parts.push({ ...change, offset: offset + start, data: data.subarray(start, end) });
    start = end;
  }
  return parts;
}

/** Where nothing was written there are zeros. */
function written(before: Buffer, changes: readonly FileChange[]): Buffer {
  if (changes.length === 0) return before;
  const ends = changes.map((change) => (change.kind === 'write' ? change.offset + change.data.length : change.size));
  const bytes = Buffer.alloc(Math.max(before.length, ...ends));
  before.copy(bytes);
  let size = before.length;
  for (const change of changes) {
    if (change.kind === 'write') {
      change.data.copy(bytes, change.offset);
      size = Math.max(size, change.offset + change.data.length);
    } else {
      bytes.fill(0, Math.min(size, change.size), Math.max(size, change.size));
      size = change.size;
    }
  }
  return bytes.subarray(0, size);
}
