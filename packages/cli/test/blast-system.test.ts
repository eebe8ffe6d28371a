import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blastRuns } from '@bioscan/cli';
import { expect, it } from 'vitest';

it('a search of the installed BLAST+ ends when it is interrupted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bioscan-blast-system-'));
  try {
    for (const name of ['blastn', 'makeblastdb']) {
      writeFileSync(join(folder, name), `#!/bin/sh\necho '${name}: 9.9.9+'\n`, { mode: 0o755 });
    }
    const items = [{ id: 'a', input: 'ACGT' }];
    const { name, runs } = await blastRuns(items, { folder, signal: AbortSignal.abort() });
    expect(name).toBe('BLAST+ 9.9.9+');
    await expect(runs[0]?.system.nearest(items)).rejects.toMatchObject({ code: 'cancelled' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
