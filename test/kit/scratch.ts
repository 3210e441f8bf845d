/** One folder for all that tests write beside the project, gone when they end: the cloud assemblies of CDK also go there. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const PREFIX = 'siftstep-tests-'

/** Runs once for each project of the tests: they share the folder of the first. */
export default function setup(): () => void {
  if (basename(tmpdir()).startsWith(PREFIX)) return () => {}
  const folder = mkdtempSync(join(tmpdir(), PREFIX))
  // some tests run the program as somebody else, who has to get through to the folder of the test
  chmodSync(folder, 0o755)
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
