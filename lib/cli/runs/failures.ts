/** What sort of failure an error is. */

/** Errors that stay when the same is tried again: something must be changed first, and a changed definition is another run. */
export const STAYS = /^(Definition|Quality)\.|^Data\.(TooManyBadRows|SchemaMismatch|SourceChanged|UnsupportedFormat|MissingObject|NoRows)$/
