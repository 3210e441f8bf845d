/** What `cdk synth` and `cdk deploy` run; see cdk.json. */
import { App } from 'aws-cdk-lib'
import { addStacks } from '#aws/cloud/app.ts'

const app = new App()
try {
  addStacks(app)
} catch (error) {
  // problems of a definition or a setting are printed without a stack trace, which would help nobody
  process.stderr.write(`${(error as Error).message}\n`)
  if (process.env['SIFTSTEP_DEBUG'] !== undefined) process.stderr.write(`${(error as Error).stack}\n`)
  process.exit(2)
}
