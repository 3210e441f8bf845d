import type { Plugin } from 'esbuild'

/** Declares the names that the Thrift code of parquetjs-lite assigns to. */
export declare const undeclaredNames: Plugin
