import type { Plugin } from 'esbuild'

/** Leaves out what mysql2 brings along and no connection of ours uses. */
export declare const unusedParts: Plugin
