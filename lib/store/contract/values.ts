/** Milliseconds since 1970 by the database's clock, or a duration in milliseconds. */
export type Millis = number;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
