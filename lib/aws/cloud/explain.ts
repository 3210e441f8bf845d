/** Explains accepted findings of cdk-nag: stored with the constructs, for any app that checks them. */
import { Stack, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

export const explain = (construct: IConstruct, id: string, reason: string) => Validations.of(construct).acknowledge({ id, reason })

interface Reasoned {
  readonly sid: string
  readonly reason: string
  readonly resources: readonly string[]
}

/**
 * Wildcards in statements are intended: the part before them is as narrow as possible, and the statement gives the reason. cdk-nag
 * wants each named by its resource text, which contains exports of other stacks that are known only after synthesis.
 */
export function explainWildcards(owner: IConstruct, permissions: readonly Reasoned[]): void {
  owner.node.addValidation({
    validate: () => {
      for (const { sid, reason, resources } of permissions) {
        for (const resource of resources.filter((one) => one.includes('*'))) {
          explain(owner, `AwsSolutions-IAM5[Resource::${asNagWrites(Stack.of(owner).resolve(resource))}]`, `${sid}: ${reason}`)
        }
      }
      return []
    },
  })
}

/** References as `<Name.Attribute>`. */
function asNagWrites(value: unknown): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::ImportValue': imported } = value as { readonly [name: string]: unknown }
  if (typeof Ref === 'string') return `<${Ref}>`
  if (Array.isArray(attribute)) return `<${attribute.map(asNagWrites).join('.')}>`
  if (Array.isArray(join)) return (join[1] as readonly unknown[]).map(asNagWrites).join(join[0] as string)
  return imported === undefined ? JSON.stringify(value) : asNagWrites(imported)
}
