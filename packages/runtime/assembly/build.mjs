/** Compiles kernel.ts and writes it, base64, into src/generated/kernel.ts; `compile()` alone is what the test compares with. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const source = fileURLToPath(new URL('kernel.ts', import.meta.url));
const target = fileURLToPath(new URL('../src/generated/kernel.ts', import.meta.url));

/** The text of src/generated/kernel.ts. */
export async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    ['kernel.ts', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '-o', 'kernel.wasm'],
    {
      readFile: (name) => (name === 'kernel.ts' ? readFileSync(source, 'utf8') : null),
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(`assembly/kernel.ts does not compile:\n${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  const lines = text.match(/.{1,110}/g).map((line) => `  '${line}'`);
  return `// Made from assembly/kernel.ts by assembly/build.mjs; a test holds the two together.\nexport const kernelBase64: string =\n${lines.join(' +\n')};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await compile();
  let old;
  try {
    old = readFileSync(target, 'utf8');
  } catch {
    // Not there yet.
  }
  if (old !== text) writeFileSync(target, text);
}
