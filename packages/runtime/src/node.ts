export {
  openRuntime,
  type EngineRuntime,
  type EngineSession,
  type EngineTraining,
  type RuntimeOptions,
  type TransferOptions,
} from './node/open-runtime.js';
export type { Provider } from './worker/protocol.js';
export { nodePool, type NodePoolOptions } from './node/node-pool.js';
export { nodeStore, type NodeStoreOptions } from './node/node-store.js';
export { serveTasks, type PoolTask } from './node/serve-tasks.js';
export {
  buildApproximateIndex,
  readApproximateIndex,
  type ApproximateIndex,
  type ApproximateIndexOptions,
} from './node/approximate-index.js';
