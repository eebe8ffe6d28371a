/** What training minimises: the weighted mean of its terms. Plain JSON, stored with each run. */
export type Objective = readonly Term[];

export type Term = ContrastTerm | ClassifyTerm;

/** Rows of two modalities (or of two views of one) are told apart from all others of the batch. */
export interface ContrastTerm {
  readonly kind: 'contrast';
  readonly pairs: Pairs;
  readonly loss: ContrastLoss;
  readonly targets: Targets;
  /** Default 1. */
  readonly weight?: number;
}

/**
 * Which modalities meet: each with each, all with one (a star, as ImageBind), or those named. `['image', 'image']` contrasts two views,
 * and belongs to `all` where a modality has them. The term is the mean over its pairs, by weight (default 1); a pair is the mean over its views.
 */
export type Pairs =
  | 'all'
  | { readonly star: string }
  | readonly { readonly between: readonly [string, string]; readonly weight?: number }[];

/**
 * Of a similarity matrix and a target matrix. `info-nce`: softmax cross entropy over rows and over columns (van den Oord et al. 2018);
 * `nt-xent`: the other rows of one's own modality are negatives too (Chen et al. 2020); `sigmoid`: each cell by itself (SigLIP, Zhai et al. 2023).
 */
export type ContrastLoss = { readonly kind: 'info-nce' } | { readonly kind: 'nt-xent' } | { readonly kind: 'sigmoid' };

/**
 * Which cells are positive: the specimen's own (`identity`), or all with an equal label. Normalised, a row's targets add up to 1
 * (supervised contrastive, Khosla et al. 2020); not normalised, as CLIBD's label mode, rows with many positives weigh more.
 * A row without the label is its own positive alone.
 */
export type Targets =
  { readonly kind: 'identity' } | { readonly kind: 'label'; readonly label: string; readonly normalised: boolean };

/**
 * A classifier over a modality's common-space vectors: `cosine`, a softmax over their cosines with one vector a class, times the logit scale;
 * or `linear`, logits of a linear layer on the vectors before they get unit length. Rows without a known label count for nothing.
 */
export interface ClassifyTerm {
  readonly kind: 'classify';
  readonly modality: string;
  readonly label: string;
  readonly head: 'linear' | 'cosine';
  /** Default 1. */
  readonly weight?: number;
}

export type ContrastOptions = Partial<Omit<ContrastTerm, 'kind'>>;

/** A contrast; default: InfoNCE over all pairs, each specimen its own positive, as CLIBD. */
export function contrast(options: ContrastOptions = {}): ContrastTerm {
  const { pairs = 'all', loss = infoNce(), targets = identity(), ...rest } = options;
  return { kind: 'contrast', pairs, loss, targets, ...rest };
}

/** A classifier of one modality, see {@link ClassifyTerm}. */
export function classify(
  modality: string,
  label: string,
  options: Partial<Pick<ClassifyTerm, 'head' | 'weight'>> = {},
): ClassifyTerm {
  return { kind: 'classify', modality, label, head: 'linear', ...options };
}

export function infoNce(): ContrastLoss {
  return { kind: 'info-nce' };
}

export function ntXent(): ContrastLoss {
  return { kind: 'nt-xent' };
}

export function siglip(): ContrastLoss {
  return { kind: 'sigmoid' };
}

export function identity(): Targets {
  return { kind: 'identity' };
}

/** Rows with an equal label are positives. Default: normalised. */
export function sameLabel(label: string, options: { readonly normalised?: boolean } = {}): Targets {
  return { kind: 'label', label, normalised: options.normalised ?? true };
}
