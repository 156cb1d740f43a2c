import com.example.ecrhardenedrepo.HardenedRepository;
import software.amazon.awscdk.App;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;

public final class RegistryExample {
  public static void main(final String[] args) {
    final App app = new App();
    final Stack stack = new Stack(app, "RegistryExample");
    final HardenedRepository repository = HardenedRepository.Builder.create(stack, "Images")
        .repositoryName("shop/web")
        .build();
    CfnOutput.Builder.create(stack, "RepositoryUri").value(repository.getRepositoryUri()).build();
    app.synth();
  }
}
