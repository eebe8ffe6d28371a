export { presets, type Preprocessing } from './preprocessing.js';
