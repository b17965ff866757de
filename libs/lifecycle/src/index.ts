export { Lifecycle, type LifecycleOptions, type LifecycleState, type StopStep } from './lifecycle.ts';
