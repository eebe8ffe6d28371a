export { simulate, simulatorVersion, type Simulation, type Truth } from './simulate.js';
export { simulationSettings, type SimulationOptions, type SimulationSettings } from './settings.js';
export { translateCodon } from './genetic-code.js';
export { assignBins } from './bins.js';
