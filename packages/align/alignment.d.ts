import type { Modality } from './modality.js';
import type { Objective } from './objective.js';
/** What is aligned with what, and how that is judged: the model of a run. */
export interface AlignmentOptions {
    /** By name. One alone needs two views or a classifier. */
    readonly modalities: Readonly<Record<string, Modality>>;
    readonly objective: Objective;
    /** Of the common space. Default 256. */
    readonly width?: number;
    readonly logitScale?: LogitScaleOptions;
}
/** exp of a parameter that similarities are multiplied with before the loss. */
export interface LogitScaleOptions {
    /** Default ln(1 / 0.07). */
    readonly initial?: number;
    /** Default ln 100, as open_clip; CLIBD has none (Infinity). */
    readonly largest?: number;
    /** Default true. */
    readonly learnable?: boolean;
}
