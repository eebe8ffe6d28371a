export {
  openRuntime,
  type EngineRuntime,
  type EngineSession,
  type EngineTraining,
  type RuntimeOptions,
  type TransferOptions,
} from './node/open-runtime.js';
export type { Provider } from './worker/protocol.js';
