export { openClassifier, type Classifier, type ClassifierOptions } from './classifier.js';
export {
  fineTune,
  fineTunePresets,
  planFineTune,
  type FineTuned,
  type FineTuneOptions,
  type FineTunePreset,
  type LabelledInputs,
} from './fine-tune.js';
export { metricModel, metricPresets, type MetricModelOptions, type MetricPreset } from './metric-model.js';
