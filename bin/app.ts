/** The CDK app. `npx cdk` runs it from the sources (cdk.json), `siftstep deploy` as dist/app.js. */
import { App } from 'aws-cdk-lib'
import { addStacks, FEATURES } from '#aws/cloud/app.ts'
import { deployedSettings } from '#aws/cloud/deployed-settings.ts'

// stronger than a cdk.json, so that the templates are the same wherever the app runs
const app = new App({ postCliContext: FEATURES, analyticsReporting: false })
// warnings about future SDK versions are of no use to users of a pipeline
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
try {
  // settings that are passed as a whole need no request
  const passed = app.node.tryGetContext('settings') !== undefined
  addStacks(app, passed ? undefined : await deployedSettings(process.env))
} catch (error) {
  // problems of a definition or a setting are printed without a stack trace, which would help nobody
  process.stderr.write(`${(error as Error).message}\n`)
  if (process.env['SIFTSTEP_DEBUG'] !== undefined) process.stderr.write(`${(error as Error).stack}\n`)
  process.exit(2)
}
