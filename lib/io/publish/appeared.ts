/** The moment between an output and what it replaces: both are there. */
import type { Manifest } from './manifest.ts'

/** An output that has appeared, and readers who do not go by its manifest have to learn of it before what it replaced goes. */
export interface Appeared {
  /** All files that are there now, those of earlier runs among them. */
  readonly manifest: Manifest
  /** Whether the manifest is still the one that is there. */
  isCurrent(): Promise<boolean>
  /** Writes and removes files beside the output; names are below the location. */
  write(name: string, bytes: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}
