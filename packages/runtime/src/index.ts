export { createFrameReader, encodeFrame } from './wire/frame-codec.ts'
export type { Frame } from './wire/frame-codec.ts'
export { frameLimits } from './wire/frame-limits.ts'
export type {
  CallFacts,
  CallSource,
  FromWorker,
  FunctionEntry,
  FunctionFault,
  HttpInfo,
  Json,
  JsonObject,
  LoadFault,
  LogLevel,
  SecretType,
  SpaceFacts,
  TimerInfo,
  ToWorker,
} from './wire/worker-frame.ts'
export { workerEntry } from './worker/worker-entry.ts'
export { createDatabase } from './unicloud/database/create-database.ts'
export type { Database } from './unicloud/database/create-database.ts'
