namespace Traf3li.Backup.Engine.Stores;

/// <summary>Collects the steps of setting a store up, and does them unless it is only a plan.</summary>
internal sealed class StepList(string destination, bool isPlan)
{
    private readonly List<StoreStep> _steps = [];

    /// <summary>The steps so far.</summary>
    public IReadOnlyList<StoreStep> Steps => _steps;

    /// <summary>What is so already.</summary>
    public void AlreadySo(string name, string detail) => Add(name, StoreStepStatus.AlreadySo, detail);

    /// <summary>What is not done, and why.</summary>
    public void Refused(string name, string detail) => Add(name, StoreStepStatus.Refused, detail);

    /// <summary>Does a step. What the store refuses is noted; what no other step would get over is thrown.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="detail">How it is afterwards.</param>
    /// <param name="work">Does it, and gives why it could not; null when it could.</param>
    public async Task DoAsync(string name, string detail, Func<Task<string?>> work)
    {
        if (isPlan)
        {
            Add(name, StoreStepStatus.WouldDo, detail);
            return;
        }

        try
        {
            var obstacle = await work().ConfigureAwait(false);
            Add(name, obstacle is null ? StoreStepStatus.Done : StoreStepStatus.Refused, obstacle ?? detail);
        }
        catch (Exception error) when (error is StoreAccessDeniedException or StoreFailedException)
        {
            Refused(name, error.Message);
        }
    }

    private void Add(string name, StoreStepStatus status, string detail) =>
        _steps.Add(new StoreStep { Name = name, Status = status, Detail = detail, Destination = destination });
}
