import { BioscanError } from '@bioscan/core';
import type { StateDict, StateTensor } from '../state-dict.js';
import { bytesSource, type ByteSource } from './byte-source.js';
import { readPickle } from './pickle.js';
import { checkTensor, StoredTensor, TorchStorage } from './stored-tensor.js';
import { storedEntries, type StoredEntry } from './stored-zip.js';
import { PickleDict, type PickleItem, type TorchValue } from './torch-value.js';

/** More is no description of tensors. */
const largestPickle = 64 * 1024 * 1024;
const deepest = 100;

/**
 * Reads a PyTorch zip checkpoint (.pt, .pth, .bin; PyTorch 1.6 and later) from bytes or from an open file. Only tensors, dicts, lists,
 * tuples, sets, scalars, text, bytes and argparse Namespaces are built; anything else is refused by its name, and nothing is ever executed.
 * Tensors view the file until they are read; the description is read at once, in time linear in its size.
 * @throws BioscanError `unsupported` (another object, opcode or format, named), `bad-file`, `truncated`, `not-found` (a missing record)
 */
export function decodeTorch(file: Uint8Array | ByteSource): TorchValue {
  const source = file instanceof Uint8Array ? bytesSource(file) : file;
  refuseOtherFormats(source);
  const entries = storedEntries(source);
  const folder = folderOf(entries);
  const swapped = byteOrder(source, entries.get(`${folder}byteorder`)) === 'big';
  const pickle = contentOf(source, entries.get(`${folder}data.pkl`) as StoredEntry, largestPickle);
  const value = readPickle(
    pickle,
    (key, dtype, length) =>
      new TorchStorage(key, dtype, length, { entry: entries.get(`${folder}data/${key}`), source, swapped }),
  );
  checkValue(value, source.size);
  return value as TorchValue;
}

/** What stands at a path of keys, such as `['model']`; undefined when nothing does. */
export function lookUp(value: TorchValue, ...path: readonly string[]): TorchValue | undefined {
  let found: TorchValue | undefined = value;
  for (const key of path)
    found = found instanceof Map ? (found as ReadonlyMap<TorchValue, TorchValue>).get(key) : undefined;
  return found;
}

/** The tensors of a dict by their names, entries of other kinds left out; undefined when it is no dict or has none. */
export function stateDictOf(value: TorchValue | undefined): StateDict | undefined {
  if (!(value instanceof Map)) return undefined;
  const tensors = [...(value as ReadonlyMap<TorchValue, TorchValue>)].filter(
    (entry): entry is [string, StateTensor] => typeof entry[0] === 'string' && entry[1] instanceof StoredTensor,
  );
  return tensors.length === 0 ? undefined : new Map(tensors);
}

function refuseOtherFormats(source: ByteSource): void {
  const start = source.read(0, Math.min(source.size, 512));
  if (start[0] === 0x50 && start[1] === 0x4b) return;
  const isMagic = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c].every((byte, i) => start[i] === byte);
  const isTar = [0x75, 0x73, 0x74, 0x61, 0x72].every((byte, i) => start[257 + i] === byte);
  if (isMagic || isTar) {
    throw new BioscanError(
      'unsupported',
      'graph: torch checkpoint, got the format of PyTorch before 1.6, expected a zip file; torch.save(torch.load(file), file) in a current PyTorch writes one',
    );
  }
  throw new BioscanError('bad-file', 'graph: torch checkpoint, got no zip file, expected one that torch.save wrote');
}

/** The folder inside the archive has the name of the file that was saved. */
function folderOf(entries: ReadonlyMap<string, StoredEntry>): string {
  const names = [...entries.keys()];
  const folders = names.filter(
    (name) => name === 'data.pkl' || (name.endsWith('/data.pkl') && name.split('/').length === 2),
  );
  const [pickle] = folders;
  if (pickle === undefined || folders.length > 1) {
    throw new BioscanError(
      'bad-file',
      `graph: torch checkpoint, got ${folders.length} entries 'data.pkl' in the zip file, expected one; was it written by torch.save?`,
    );
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw new BioscanError(
      'unsupported',
      'graph: torch checkpoint, got a TorchScript program, expected tensors; save its state_dict() with torch.save',
    );
  }
  return folder;
}

function byteOrder(source: ByteSource, entry: StoredEntry | undefined): 'little' | 'big' {
  // Files before PyTorch 2.1 have no such record.
  const order = entry === undefined ? 'little' : new TextDecoder().decode(contentOf(source, entry, 16));
  if (order === 'little' || order === 'big') return order;
  throw new BioscanError('bad-file', `graph: torch checkpoint, got byte order '${order}', expected 'little' or 'big'`);
}

function contentOf(source: ByteSource, { name, offset, size }: StoredEntry, most: number): Uint8Array {
  if (size <= most) return source.read(offset, size);
  throw new BioscanError(
    'unsupported',
    `graph: torch checkpoint, entry '${name}', got ${size} bytes, expected at most ${most}`,
  );
}

interface Place {
  readonly item: PickleItem;
  readonly path: string;
  readonly depth: number;
}

/** Checks every tensor under the first path that reaches it, and that strided copies of all of them stay within the file's size. */
function checkValue(root: PickleItem, fileSize: number): void {
  const seen = new Set<PickleItem>([root]);
  const open: Place[] = [{ item: root, path: '', depth: 0 }];
  let copied = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { item, path, depth } = next;
    if (depth > deepest) throw bad(path, `more than ${deepest} levels`);
    if (item instanceof TorchStorage) throw bad(path, 'a storage without a tensor');
    if (item instanceof StoredTensor) {
      checkTensor(path, item);
      if (!item.isContiguous) copied += item.byteLength;
      if (copied > fileSize) throw bad(path, 'strided views of more bytes than the file');
    }
    if (!(item instanceof PickleDict) && !Array.isArray(item)) continue;
    for (const [key, value] of item.entries()) {
      if (typeof value !== 'object' || value === null || seen.has(value)) continue;
      seen.add(value);
      open.push({ item: value, path: pathOf(path, key), depth: depth + 1 });
    }
  }
}

function pathOf(path: string, key: PickleItem): string {
  const name = typeof key === 'string' ? key.slice(0, 200) : typeof key === 'number' ? key.toString() : '?';
  return path === '' ? name : `${path}.${name}`;
}

function bad(path: string, got: string): BioscanError {
  return new BioscanError('unsupported', `graph: torch checkpoint, '${path}', got ${got}, expected less`);
}
