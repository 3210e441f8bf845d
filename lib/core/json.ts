/** JSON values: the type of settings, events and results. */

/** A JSON value; in a state machine, strings of the form `{% … %}` inside are JSONata, evaluated when the state runs. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }
