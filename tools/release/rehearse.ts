/**
 * A release without publishing: versions every package, packs it, installs the tarballs with npm into an empty project
 * outside the workspace, checks their types under node16 and bundler resolution, and runs one line of each.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'bioscan-release-'));
const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly packageManager: string;
  readonly devDependencies: Readonly<Record<string, string>>;
};

try {
  const copy = versionedCopy();
  const tarballs = pack(copy);
  const project = installWithNpm(tarballs);
  checkTypes(project, 'node16', 'node16');
  checkTypes(project, 'bundler', 'esnext');
  smoke(project);
  console.log(`release rehearsal: ${tarballs.length} packages versioned, packed, installed with npm, typed and run`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Works on a copy, so that versions and changelogs of the checkout stay as they are. */
function versionedCopy(): string {
  const copy = join(work, 'workspace');
  cpSync(root, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/(^|\/)(\.git|\.turbo|node_modules|out|fixtures|test)$/.test(path.slice(root.length)),
  });
  pnpm(['install', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts'], copy);
  run('git', ['init', '-q', '-b', 'main'], copy);
  writeFileSync(
    join(copy, '.changeset', 'rehearsal.md'),
    '---\n"@bioscan/core": minor\n---\n\nA rehearsal of the release: every package of the fixed group takes the same version.\n',
  );
  pnpm(['exec', 'changeset', 'version'], copy);
  const versions = new Set(manifests(copy).map(({ version }) => version));
  if (versions.size !== 1) throw new Error(`packages left their fixed version: ${[...versions].join(', ')}`);
  return copy;
}

function manifests(folder: string): Manifest[] {
  return readdirSync(join(folder, 'packages')).map(
    (name) => JSON.parse(readFileSync(join(folder, 'packages', name, 'package.json'), 'utf8')) as Manifest,
  );
}

function pack(copy: string): string[] {
  const folder = join(work, 'tarballs');
  mkdirSync(folder);
  for (const name of readdirSync(join(copy, 'packages'))) {
    pnpm(['pack', '--pack-destination', folder], join(copy, 'packages', name));
  }
  return readdirSync(folder).map((file) => join(folder, file));
}

function installWithNpm(tarballs: readonly string[]): string {
  const project = join(work, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const typescript = `typescript@${rootManifest.devDependencies['typescript'] ?? '5'}`;
  const engine = `onnxruntime-node@${rootManifest.devDependencies['onnxruntime-node'] ?? '1'}`;
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--silent', ...tarballs, typescript, engine, '@types/node@20'],
    project,
    {
      ONNXRUNTIME_NODE_INSTALL: 'skip',
    },
  );
  return project;
}

/** Every entry of every package, imported as a whole: `import * as core from '@bioscan/core'`. */
function entries(): string[] {
  return manifests(root).flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1)),
  );
}

function checkTypes(project: string, moduleResolution: string, module: string): void {
  const imports = entries().map((entry, i) => `import * as entry${i} from '${entry}';`);
  const uses = entries().map((_, i) => `entry${i}`);
  writeFileSync(join(project, 'types.ts'), `${imports.join('\n')}\nconsole.log([${uses.join(', ')}].length);\n`);
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--skipLibCheck', 'false'];
  run('npx', ['tsc', ...options, '--module', module, '--moduleResolution', moduleResolution, 'types.ts'], project);
}

function smoke(project: string): void {
  const source = readFileSync(join(root, 'tools/release/smoke.mjs'), 'utf8');
  writeFileSync(join(project, 'smoke.mjs'), `const entries = ${JSON.stringify(entries())};\n${source}`);
  run(process.execPath, ['smoke.mjs'], project);
}

/** The pinned pnpm, as the two commands fetch it. */
function pnpm(words: readonly string[], cwd: string): void {
  run('npx', ['--yes', rootManifest.packageManager, ...words], cwd);
}

function run(command: string, words: readonly string[], cwd: string, env: Record<string, string> = {}): void {
  const result = spawnSync(command, words, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });
  if (result.status === 0) return;
  throw new Error(`${command} ${words.join(' ')} failed in ${cwd}\n${result.stdout}${result.stderr}`);
}
