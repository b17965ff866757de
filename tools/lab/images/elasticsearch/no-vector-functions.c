/* The server's native part wants a library of vector functions and none of its other functions without it.
   This one says that the processor has none, which is a case the server knows: it then uses Java. */
int vec_caps(void) { return 0; }
