export { acceptUpgrades } from './accept-upgrades.ts';
export { FeedSocket } from './feed-socket.ts';
export { TakenOver, type Upgrade } from './upgrade.ts';
export { upgradeOf } from './upgrade-of.ts';
