import {
  classify,
  contrast,
  identity,
  sameLabel,
  type ContrastTerm,
  type LogitScaleOptions,
  type Objective,
  type Pairs,
  type Targets,
  type Term,
} from '@bioscan/align';
import { labelRanks } from '@bioscan/eval';
import type { ConfigFields } from './config-fields.js';
import type { ModalitySpecs } from './modality-spec.js';

/**
 * Reads the field `objective`: one term, or a list of terms with weights. Default: InfoNCE over all pairs, each specimen its own positive.
 * @throws BioscanError `bad-input` naming the field, such as `objective.1.label`
 */
export function readObjective(top: ConfigFields, modalities: ModalitySpecs): Objective {
  return top.objects('objective')?.map((given) => readTerm(given, modalities)) ?? [contrast()];
}

function readTerm(given: ConfigFields, modalities: ModalitySpecs): Term {
  const kind = given.choice('kind', ['contrast', 'classify'] as const) ?? 'contrast';
  const weight = given.number('weight', { least: 1e-9 });
  const term = kind === 'contrast' ? readContrast(given, modalities) : readClassifier(given, modalities);
  given.end();
  return weight === undefined ? term : { ...term, weight };
}

function readContrast(given: ConfigFields, modalities: ModalitySpecs): ContrastTerm {
  const kind = given.choice('loss', ['info-nce', 'nt-xent', 'sigmoid'] as const) ?? 'info-nce';
  return contrast({ pairs: readPairs(given, modalities), loss: { kind }, targets: readTargets(given) });
}

function readTargets(given: ConfigFields): Targets {
  const label = given.choice('positives', ['own', ...labels] as const) ?? 'own';
  const normalised = given.flag('normalised');
  if (label !== 'own') return sameLabel(label, normalised === undefined ? {} : { normalised });
  if (normalised === undefined) return identity();
  throw given.wrong('normalised', 'nothing without "positives" of a label: a row that is its own positive has one');
}

function readPairs(given: ConfigFields, modalities: ModalitySpecs): Pairs {
  const star = given.choice('star', Object.keys(modalities));
  const pairs = given.objects('pairs');
  if (star !== undefined && pairs !== undefined) throw given.wrong('star', 'pairs or a star, not both');
  if (pairs === undefined) return star === undefined ? 'all' : { star };
  return pairs.map((pair) => {
    const between = readBetween(pair, modalities);
    const weight = pair.number('weight', { least: 1e-9 });
    pair.end();
    return { between, ...(weight === undefined ? {} : { weight }) };
  });
}

function readBetween(pair: ConfigFields, modalities: ModalitySpecs): readonly [string, string] {
  const names = Object.keys(modalities);
  const [a, b, ...more] = pair.texts('between') ?? [];
  if (a === undefined || b === undefined || more.length > 0 || !names.includes(a) || !names.includes(b)) {
    throw pair.wrong('between', `two of ${names.join(', ')}`);
  }
  if (a === b && (modalities[a as keyof ModalitySpecs]?.views ?? 1) < 2) {
    throw pair.wrong('between', `two modalities, or one with two views`, `add "views": 2 to "modalities"."${a}"`);
  }
  return [a, b];
}

function readClassifier(given: ConfigFields, modalities: ModalitySpecs): Term {
  const names = Object.keys(modalities);
  const modality = given.choice('modality', names);
  if (modality === undefined) throw given.wrong('modality', `one of ${names.join(', ')}`);
  const label = given.choice('label', labels);
  if (label === undefined) throw given.wrong('label', `one of ${labels.join(', ')}`);
  return classify(modality, label, { head: given.choice('head', ['linear', 'cosine'] as const) ?? 'linear' });
}

const labels = [...labelRanks, 'barcode'] as const;

/** Reads the field `logitScale`, in factors on the cosines: where it starts, its bound, and whether it stays. align has their logarithms. */
export function readLogitScale(given: ConfigFields | undefined): LogitScaleOptions | undefined {
  if (given === undefined) return undefined;
  const positive = { least: 1e-6 };
  const [initial, largest] = [given.number('initial', positive), given.number('largest', positive)];
  const fixed = given.flag('fixed');
  given.end();
  const bound = largest ?? 100;
  if (initial !== undefined && initial > bound) {
    throw given.wrong('initial', `at most the bound "largest", which is ${bound}`);
  }
  // Without a start of its own the scale begins at 1 / 0.07 (10 with the sigmoid loss alone).
  if (initial === undefined && bound < 1 / 0.07) {
    throw given.wrong('largest', `14.3 or more, where the scale starts`, 'add "initial"');
  }
  return {
    ...(initial === undefined ? {} : { initial: Math.log(initial) }),
    ...(largest === undefined ? {} : { largest: Math.log(largest) }),
    ...(fixed === undefined ? {} : { learnable: !fixed }),
  };
}
