/** Compiles osa.ts and writes it, base64, into src/generated/osa-kernel.ts; `compile()` alone is what the test compares with. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const source = fileURLToPath(new URL('osa.ts', import.meta.url));
const target = fileURLToPath(new URL('../src/generated/osa-kernel.ts', import.meta.url));

/** The text of src/generated/osa-kernel.ts. */
export async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    ['osa.ts', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '-o', 'osa.wasm'],
    {
      readFile: (name) => (name === 'osa.ts' ? readFileSync(source, 'utf8') : null),
      writeFile: (name, contents) => {
        if (name === 'osa.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(`assembly/osa.ts does not compile:\n${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  const lines = text.match(/.{1,110}/g).map((line) => `  '${line}'`);
  return `// Made from assembly/osa.ts by assembly/build.mjs; a test holds the two together.\nexport const osaKernelBase64: string =\n${lines.join(' +\n')};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await compile());
