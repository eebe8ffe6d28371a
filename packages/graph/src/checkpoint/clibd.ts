import { floatsOf, type StateDict, type StateTensor } from './state-dict.js';

/** The three encoders of a CLIBD checkpoint, each with the names that its own model has. */
export interface ClibdParts {
  /** timm's names, the low-rank additions not yet merged. */
  readonly image?: StateDict;
  /** A BertForMaskedLM with another decoder. */
  readonly dna?: StateDict;
  /** A BertModel and its projection `proj`. */
  readonly text?: StateDict;
  /** Logarithm of the factor on cosines. */
  readonly logitScale?: number;
  readonly unused: readonly string[];
}

type Part = 'image' | 'dna' | 'text';

/** Beginnings of names; old checkpoints name the encoder after its low-rank wrapper (CLIBD renames them on loading too). */
const prefixes: readonly (readonly [RegExp, Part])[] = [
  [/^(image_encoder\.)?(base_image_encoder|lora_vit)\./, 'image'],
  [/^(dna_encoder\.)?(base_dna_encoder|lora_barcode_bert)\./, 'dna'],
  [/^(language_encoder\.)?(base_language_encoder|lora_bert)\./, 'text'],
  [/^language_encoder\.(?=proj\.)/, 'text'],
];

/** Splits a CLIBD state dict (Gong et al. 2025) by modality; undefined when it is none. */
export function clibdParts(state: StateDict): ClibdParts | undefined {
  const parts: Record<Part, Map<string, StateTensor>> = { image: new Map(), dna: new Map(), text: new Map() };
  const unused: string[] = [];
  for (const [name, value] of state) {
    const [pattern, part] = prefixes.find(([candidate]) => candidate.test(name)) ?? [];
    if (pattern !== undefined && part !== undefined) parts[part].set(name.replace(pattern, ''), value);
    else if (name !== 'logit_scale') unused.push(name);
  }
  const present = Object.entries(parts).filter(([, part]) => part.size > 0);
  if (present.length === 0) return undefined;
  const scale = state.get('logit_scale');
  return {
    ...Object.fromEntries(present),
    ...(scale === undefined ? {} : { logitScale: floatsOf('logit_scale', scale).data[0] ?? 0 }),
    unused,
  };
}
