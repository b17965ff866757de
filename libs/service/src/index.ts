export type { Access } from '@lucid/contracts';
export { authenticate, isAdmin, ROLES, type Role, type User } from './authenticate.ts';
export type { ServiceContext } from './context.ts';
export { createApp } from './create-app.ts';
export { type BaseSettings, createContext, VERSION } from './create-context.ts';
export type { Mesh } from './mesh.ts';
export { type Call, type Handler, type Handlers, mount } from './mount.ts';
export { Reply, type ReplyHeaders } from './reply.ts';
export { EXIT, runService, type ServiceDefinition } from './run-service.ts';
