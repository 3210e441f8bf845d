/** Runs test files project by project, the longest project first: a process is kept for the next file of the same project only. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

export default class InOrderOfProjects extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const projects = this.ctx.projects.map(({ name }) => name)
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => projects.indexOf(one.project.name) - projects.indexOf(other.project.name))
  }
}
