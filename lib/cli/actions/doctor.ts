/** siftstep doctor */
import { maskOf } from '#core/secrets/mask.ts'
import { entryOf } from '#core/text/record.ts'
import { EXIT } from '#run/local/events.ts'
import type { Args } from '#cli/arguments/flags.ts'
import { printProblems, readGivenInputs, readOverlay } from '#cli/arguments/read-definition.ts'
import { packageFolder } from '#cli/aws/cdk.ts'
import { isOnAws } from '#cli/aws/on.ts'
import { awsChecks } from '#cli/doctor/aws.ts'
import type { Check } from '#cli/doctor/check.ts'
import { secretNames } from '#cli/doctor/credentials.ts'
import { type Checked, fileChecks } from '#cli/doctor/file.ts'
import { machineChecks } from '#cli/doctor/machine.ts'
import { storeFolder } from '#cli/runs/on-store.ts'
import { doctorText } from '#cli/doctor/text.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'

/** Checks this machine, then each file, then AWS. Exits with 2 for a mistake in a definition, and with 1 if something is missing. */
export async function checkSetup(args: Args, terminal: Terminal): Promise<number> {
  const onAws = isOnAws(args, 'doctor')
  const given = { overlay: await readOverlay(args, terminal), inputs: await readGivenInputs(args, terminal), onAws }
  const store = storeFolder(args, terminal)
  // files with variables are read into the environment
  const own = { ...terminal.env }
  const files: Checked[] = []
  for (const file of args.positionals) files.push(await fileChecks(file, given, args, own, terminal))
  const compiled = files.flatMap((one) => one.compiled)
  const limits = compiled.flatMap(({ definition }) => definition.resources.memory_limit ?? [])
  const facts = {
    root: packageFolder(terminal),
    store,
    limit: limits.length === 0 ? undefined : Math.max(...limits),
    sources: files.reduce((sum, { bytes }) => sum + bytes, 0),
  }
  const checks: Check[] = [...(await machineChecks(facts, terminal)), ...files.flatMap((one) => one.checks)]
  // what AWS needs of a definition is known when it is valid
  const problems = files.flatMap((one) => one.problems)
  if (onAws && problems.length === 0) checks.push(...(await awsChecks(args, compiled, terminal)))
  const secrets = compiled.flatMap(secretNames).map((name) => [name, entryOf(terminal.env, name) ?? ''] as const)
  const shown = maskOf(secrets).json(checks)
  printProblems(problems, terminal)
  const ok = problems.length === 0 && shown.every(({ status }) => status !== 'missing')
  terminal.out(args.has('json') ? `${JSON.stringify({ ok, checks: shown }, null, 2)}\n` : doctorText(shown))
  if (problems.length > 0) return EXIT.definition
  return ok ? EXIT.ok : EXIT.failed
}
