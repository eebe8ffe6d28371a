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
/** Which modalities meet: each with each, all with one (a star, as ImageBind), or those named. `['image', 'image']` contrasts two views. */
export type Pairs = 'all' | {
    readonly star: string;
} | readonly {
    readonly between: readonly [string, string];
    readonly weight?: number;
}[];
/**
 * Of a similarity matrix and a target matrix. `info-nce`: softmax cross entropy over rows and over columns (van den Oord et al. 2018);
 * `nt-xent`: the other rows of one's own modality are negatives too (Chen et al. 2020); `sigmoid`: each cell by itself (SigLIP, Zhai et al. 2023).
 */
export type ContrastLoss = {
    readonly kind: 'info-nce';
} | {
    readonly kind: 'nt-xent';
} | {
    readonly kind: 'sigmoid';
};
/**
 * Which cells are positive: the specimen's own (`identity`), or all with an equal label. Normalised, a row's targets add up to 1
 * (supervised contrastive, Khosla et al. 2020); not normalised, as CLIBD's label mode, rows with many positives weigh more.
 * A row without the label is its own positive alone.
 */
export type Targets = {
    readonly kind: 'identity';
} | {
    readonly kind: 'label';
    readonly label: string;
    readonly normalised: boolean;
};
/** A classifier over a modality's common-space vectors: cosine softmax, or logits of a linear layer. Rows without the label count for nothing. */
export interface ClassifyTerm {
    readonly kind: 'classify';
    readonly modality: string;
    readonly label: string;
    readonly head: 'linear' | 'cosine';
    /** Default 1. */
    readonly weight?: number;
}
