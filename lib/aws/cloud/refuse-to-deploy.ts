/**
 * Templates that can be synthesized but must not be deployed: an assertion that never holds makes CloudFormation refuse them before it
 * changes anything.
 */
import { Annotations, CfnRule, Fn, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** Adds a warning to `scope`, and to its stack the assertion `id`, once. */
export function refuseToDeploy(scope: Construct, id: string, why: string): void {
  Annotations.of(scope).addWarningV2(`siftstep:${id}`, why)
  const stack = Stack.of(scope)
  if (stack.node.tryFindChild(id) !== undefined) return
  new CfnRule(stack, id, { assertions: [{ assert: Fn.conditionEquals('missing', 'there'), assertDescription: why }] })
}
