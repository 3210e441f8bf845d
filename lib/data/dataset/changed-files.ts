/**
 * Which files a run reads when it skips those that have not changed since the last run that published. A file is unchanged if its address, its size
 * and its version are: the ETag of an object; the times of a local file, of its content and of its attributes, so that a file written again never
 * counts as unchanged.
 */
import { TaskError } from '#core/errors/errors.ts'
import type { Json } from '#core/json.ts'
import type { SourceFile } from '#io/connectors/find.ts'

/** A file as a run has read it. */
type KnownFile = readonly [uri: string, bytes: number, version: string]

/** What a scan remembers: what it listed by, and the files it has read. */
export interface RememberedFiles {
  readonly patterns: readonly string[]
  readonly files: readonly KnownFile[]
}

export interface Changes {
  /** New or changed files, in order; where there are none, the smallest file, of which only the columns are read. */
  readonly files: readonly SourceFile[]
  readonly columns_only: boolean
  /** Files that are not read. */
  readonly unchanged: readonly KnownFile[]
  /** Files that the last run knew and that are gone. Empty if that run listed by other patterns. */
  readonly removed: readonly string[]
}

export function changesSince(remembered: Json, patterns: readonly string[], files: readonly SourceFile[], step: string): Changes {
  const before = remembered as unknown as RememberedFiles | null
  const known = new Map((before?.files ?? []).map((file) => [file[0], file]))
  const isUnchanged = (file: SourceFile) => {
    const [, bytes, version] = known.get(file.uri) ?? []
    return bytes === file.bytes && version === versionOf(file, step)
  }
  const unchanged = files.filter(isUnchanged)
  const changed = files.filter((file) => !isUnchanged(file))
  const there = new Set(files.map(({ uri }) => uri))
  const same = JSON.stringify(before?.patterns) === JSON.stringify(patterns)
  const [smallest] = [...files].sort((a, b) => a.bytes - b.bytes)
  return {
    files: changed.length > 0 || smallest === undefined ? changed : [smallest],
    columns_only: changed.length === 0,
    unchanged: unchanged.map((file) => asKnown(file, step)),
    removed: same ? [...known.keys()].filter((uri) => !there.has(uri)) : [],
  }
}

/** What the next run compares with: the files that were read, and those that were not because they are unchanged. */
export const rememberFiles = (
  patterns: readonly string[],
  changes: Changes,
  read: readonly SourceFile[],
  step: string,
): RememberedFiles => ({
  patterns,
  files: [...changes.unchanged, ...(changes.columns_only ? [] : read.map((file) => asKnown(file, step)))],
})

const asKnown = (file: SourceFile, step: string): KnownFile => [file.uri, file.bytes, versionOf(file, step)]

function versionOf({ uri, version }: SourceFile, step: string): string {
  if (version !== undefined) return version
  throw new TaskError(
    'Definition.InvalidSetting',
    `skip_unchanged compares files, and ${uri} has no version: it is a table, or its server names none`,
    {
      step,
      hint: 'remove skip_unchanged, and use a detect_changes step: it passes on the rows above the mark of the last run',
      path: 'with.skip_unchanged',
    },
  )
}
