import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = 'packages/runtime/test/providers';

/** Debian's Chromium brings a software Vulkan device: WebGPU without a GPU. Libraries are looked up when a process starts. */
function environment(provider: string): NodeJS.ProcessEnv {
  const chromium = '/usr/lib/chromium';
  const driver = join(chromium, 'vk_swiftshader_icd.json');
  const env: NodeJS.ProcessEnv = { ...process.env, BIOSCAN_PROVIDER: provider };
  if (provider !== 'webgpu' || env['VK_ICD_FILENAMES'] !== undefined || !existsSync(driver)) return env;
  return { ...env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: `${env['LD_LIBRARY_PATH'] ?? ''}:${chromium}` };
}

function present(provider: string): boolean {
  const { status, stderr } = spawnSync(process.execPath, [`${folder}/detect.mjs`, provider], {
    env: environment(provider),
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) return true;
  const reason = stderr.trim().split('\n').at(-1)?.slice(-160) ?? '';
  console.warn(`SKIPPED: provider ${provider} is not here (${reason})`);
  return false;
}

describe.each(['webgpu', 'cuda'])('the provider %s', (provider) => {
  it.skipIf(!present(provider))(
    'keeps the contract of a runtime and trains as the CPU does',
    () => {
      const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
      const run = spawnSync(
        process.execPath,
        [vitest, 'run', '--config', `${folder}/vitest.config.ts`, '--root', '.'],
        {
          env: environment(provider),
          encoding: 'utf8',
          timeout: 280_000,
        },
      );
      expect(run.status, `${run.stdout}\n${run.stderr}`).toBe(0);
      expect(run.stdout).toMatch(/Tests .*(1[5-9]|[2-9]\d) passed/);
    },
    300_000,
  );
});
