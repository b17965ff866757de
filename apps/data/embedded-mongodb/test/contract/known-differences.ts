/**
 * Cases the external server is known to answer otherwise, by name, each with the reason. Only read when MONGODB_TEST_URI is
 * set. A case in this list has to fail there: one that passes fails the suite, so the list cannot grow stale.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {};
