import { repository } from '../fixtures';

test('resources that hold data keep their logical ids', () => {
  const template = repository();
  const ids = ['AWS::ECR::Repository', 'AWS::KMS::Key'].flatMap((type) => Object.keys(template.findResources(type)));

  // Changing a line here replaces the resource, and its images, in every deployed stack.
  expect(ids).toEqual(['Images2D38C313', 'ImagesKey72752799']);
});
