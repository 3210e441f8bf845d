/** The note of an export to a folder that is named like a file. */
import type { Manifest } from '#io/publish/manifest.ts'
import type { StepReport } from '#core/task/task.ts'
import { isNamedAsFile } from '#core/text/data-path.ts'

/** An author who writes `to: out/sales.csv` probably wants a file of that name. */
export function folderNote({ to, manifest }: { readonly to: string; readonly manifest: Manifest }): StepReport['lines'] {
  if (!isNamedAsFile(to)) return []
  const [first] = manifest.files
  const named = first === undefined ? '' : `, and the file in it is ${first.name}`
  const text = `${to} is a folder${named}: an export writes a folder of files. Write \`to: ${to.replace(/\.[^/]*$/, '')}\`, or \`to: ${to}/\` to keep that name`
  return [{ level: 'warning', text }]
}
