import { App, Stack } from 'aws-cdk-lib'
import { Pipeline } from 'siftstep/cdk'

const stack = new Stack(new App(), 'Sales')
new Pipeline(stack, 'Pipeline', { file: 'examples/data-processing/pipeline.yaml' })
