import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryStore } from '@bioscan/core';
import { nodeStore } from '@bioscan/runtime/node';
import { checkStore } from '../../../tools/testing/check-store.js';

const home = await mkdtemp(join(tmpdir(), 'bioscan-store-'));
afterAll(() => rm(home, { recursive: true }));
const fresh = (): Promise<string> => mkdtemp(join(home, 'store-'));
const text = new TextEncoder();

checkStore('memoryStore', memoryStore);
checkStore('nodeStore', async () => nodeStore(join(await fresh(), 'not', 'there', 'yet')));
checkStore('nodeStore, durable', async () => nodeStore(await fresh(), { durable: true }));

describe('nodeStore', () => {
  it.each([
    '',
    '/etc/passwd',
    '../a',
    'a/../../b',
    'a/..',
    './a',
    'a//b',
    'a/',
    '.',
    'C:/a',
    'a\\b',
    'a\0b',
    'a.bioscan-1-0-0.tmp',
  ])('refuses the name %j everywhere', async (name) => {
    const store = nodeStore(await fresh());
    const bytes = new Uint8Array(1);
    for (const call of [store.read(name), store.write(name, bytes), store.append(name, bytes), store.remove(name)]) {
      await expect(call).rejects.toMatchObject({ code: 'bad-input' });
    }
  });

  it('refuses links that lead outside, and does not list them', async () => {
    const [inside, outside] = [await fresh(), await fresh()];
    await writeFile(join(outside, 'secret'), 'old');
    await symlink(outside, join(inside, 'folder'));
    await symlink(join(outside, 'secret'), join(inside, 'file'));
    await symlink(join(outside, 'new'), join(inside, 'dangling'));
    const store = nodeStore(inside);
    for (const name of ['folder/secret', 'file']) {
      await expect(store.read(name)).rejects.toMatchObject({ code: 'bad-input' });
      await expect(store.append(name, text.encode('x'))).rejects.toMatchObject({ code: 'bad-input' });
    }
    await expect(store.write('folder/secret', text.encode('x'))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(store.remove('folder/secret')).rejects.toMatchObject({ code: 'bad-input' });
    await expect(store.append('dangling', text.encode('x'))).rejects.toThrow();
    expect(await store.list('')).toEqual([]);
    // A write replaces the link itself.
    await store.write('file', text.encode('mine'));
    expect(await readdir(outside)).toEqual(['secret']);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('old');
  });

  it('works in a folder that is reached through a link', async () => {
    const [real, link] = [await fresh(), join(home, 'link')];
    await symlink(real, link);
    const store = nodeStore(link);
    await store.write('a/b', text.encode('x'));
    expect(await store.list('')).toEqual(['a/b']);
  });

  it('does not list what a killed write left behind, and removes it with the next write of that name', async () => {
    const folder = await fresh();
    await mkdir(join(folder, 'run'));
    const [dead, alive, other] = [
      'run/a.bioscan-999999999-0-3.tmp',
      `run/a.bioscan-${process.ppid}-0-3.tmp`,
      'run/b.bioscan-999999999-0-3.tmp',
    ];
    for (const name of [dead, alive, other]) await writeFile(join(folder, name), 'torn');
    const store = nodeStore(folder);
    expect(await store.list('')).toEqual([]);
    await store.write('run/a', text.encode('whole'));
    expect(await store.list('')).toEqual(['run/a']);
    expect((await readdir(join(folder, 'run'))).sort()).toEqual(['a', alive.slice(4), other.slice(4)].sort());
  });

  it('lets many writers of one name through, each as a whole', async () => {
    const store = nodeStore(await fresh());
    const values = Array.from({ length: 20 }, (_, i) => new Uint8Array(50_000).fill(i));
    await Promise.all(values.map((value) => store.write('a', value)));
    const got = await store.read('a');
    expect(got).toHaveLength(50_000);
    expect(got.every((byte) => byte === got[0])).toBe(true);
    expect(await store.list('')).toEqual(['a']);
  });

  it('shows old or new bytes after kill -9 at any moment', async () => {
    const folder = await fresh();
    const entry = pathToFileURL('packages/runtime/dist/node.js').href;
    const script = `import { nodeStore } from ${JSON.stringify(entry)};
      const store = nodeStore(${JSON.stringify(folder)});
      for (let i = 0; ; i = (i + 1) % 250) { await store.write('a', new Uint8Array(400_000).fill(i)); process.stdout.write('.'); }`;
    const store = nodeStore(folder);
    for (let kill = 0; kill < 8; kill++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = new Promise((resolve) => child.once('close', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, kill * 3));
      child.kill('SIGKILL');
      await closed;
      const bytes = await store.read('a');
      expect(bytes).toHaveLength(400_000);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
      expect(await store.list('')).toEqual(['a']);
    }
    await store.write('a', text.encode('end'));
    expect(await readdir(folder)).toEqual(['a']);
  });
});
