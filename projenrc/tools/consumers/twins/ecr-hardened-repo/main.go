package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/example/django-on-fargate-go/ecrhardenedrepo"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("RegistryExample"), nil)
	repository := ecrhardenedrepo.NewHardenedRepository(stack, jsii.String("Images"), &ecrhardenedrepo.HardenedRepositoryProps{
		RepositoryName: jsii.String("shop/web"),
	})
	awscdk.NewCfnOutput(stack, jsii.String("RepositoryUri"), &awscdk.CfnOutputProps{
		Value: repository.RepositoryUri(),
	})
	app.Synth(nil)
}
