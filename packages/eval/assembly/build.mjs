/** Compiles index.ts and writes it, base64, into src/generated/clustering-kernel.ts; `compile()` alone is what the test compares with. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const sources = ['index.ts'];
const target = fileURLToPath(new URL('../src/generated/clustering-kernel.ts', import.meta.url));

/** The text of src/generated/clustering-kernel.ts. */
export async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    ['index.ts', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '-o', 'index.wasm'],
    {
      readFile: (name) => (sources.includes(name) ? readFileSync(new URL(name, import.meta.url), 'utf8') : null),
      writeFile: (name, contents) => {
        if (name === 'index.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(`packages/eval/assembly does not compile:\n${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  const lines = text.match(/.{1,110}/g).map((line) => `  '${line}'`);
  return `// Made from assembly/ by assembly/build.mjs; a test holds the two together.\nexport const clusteringKernelBase64: string =\n${lines.join(' +\n')};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await compile());
