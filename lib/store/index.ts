export * from './store';
export { openStore } from './open';
export { SEND_EDGES, isFinal, statesBefore, type SendActor, type SendEdge } from './sendStates';
