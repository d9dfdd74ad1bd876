"""What schools and preschools return in the forms: levels, and what they hang on.

A line: item, what it is a part of, level, and how the level moves with the social
context, with the quality of the school, and from year to year. What an item is a part of
is another item of its form or a known number (pupils, p14, p59, p1011, p15, p611, g9, g11,
staff); `~` is a count of its own per 400 pupils, `=` a value of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

LINES = {
    "oo1": """
        pupils_second_shift   pupils .14  .00  .00 -.010
        pupils_transported    pupils .06 -.05  .00  .000
        teachers_higher_education teachers_total .84 .04 .03 .004
        teachers_under_35     teachers_total .21  .01  .02  .006
        teachers_over_60      teachers_total .17 -.01 -.02  .004
        psychologists         =      .9   .15  .10  .020
        vacancies             ~      1.6 -.30 -.40  .100
    """,
    "context": """
        families_surveyed     pupils .985 .00  .00  .001
        parents_higher_education families_surveyed .36 .13 .00 .004
        single_parent         families_surveyed .24 -.04 .00 .000
        large_family          families_surveyed .19 -.02 .00 .006
        low_income            families_surveyed .17 -.06 .00 -.004
        unemployed_parents    families_surveyed .03 -.02 .00 .000
        on_register           families_surveyed .022 -.014 -.004 -.001
        not_native_russian    families_surveyed .05 -.02 .00 .003
        disabilities          families_surveyed .06 -.02 .00 .003
        disabled_children     families_surveyed .018 -.003 .00 .000
        under_guardianship    families_surveyed .016 -.007 .00 .000
    """,
    "student_outcomes": """
        fl_participants       p59    .42  .00  .00  .03
        fl_basic              fl_participants .72 .05 .10 .015
        fl_high               fl_participants .16 .04 .06 .005
        fl_reading_basic      fl_participants .76 .05 .10 .012
        fl_mathematics_basic  fl_participants .68 .05 .11 .014
        fl_science_basic      fl_participants .66 .05 .09 .012
        meta_participants     p59    .37  .00  .00  .01
        meta_basic            meta_participants .83 .04 .06 .006
        meta_high             meta_participants .27 .06 .06 .004
        projects_defended     g9     .97  .00  .01  .000
        graded_half_year      pupils .84  .00  .00  .000
        passed_half_year      graded_half_year .965 .01 .02 .000
        good_half_year        graded_half_year .41 .06 .05 .002
        graded_year           pupils .88  .00  .00  .000
        passed_year           graded_year .985 .005 .01 .000
        good_year             graded_year .45 .06 .05 .002
        certificates_9        g9     .975 .01  .02  .000
        certificates_11       g11    .985 .00  .01  .000
        medal_candidates      g11    .10  .02  .03  .000
        medals                medal_candidates .85 .02 .05 .000
        medals_confirmed      medals .74  .05  .15  .030
        independent_studies   =      1.4  .10  .30  .100
    """,
    "objectivity": """
        procedures_held       ~      26   .0   .0   .0
        procedures_observed   procedures_held .52 .00 .12 .07
        procedures_video      procedures_held .22 .00 .06 .05
        procedures_visited    procedures_held .08 .00 .00 .01
        observers             ~      7    .0   1.0  .6
        observers_parents     observers .80 .00 .00 .00
        violations            ~      .5   -.1 -.2 -.05
        works_rechecked       pupils .06  .00  .00  .005
        works_changed         works_rechecked .12 -.01 -.05 -.01
        checked_by_commission =      .62  .00  .20  .06
        order_act             =      .88  .00  .10  .03
        internal_system       =      .85  .00  .12  .03
        internal_criteria     =      .66  .00  .18  .05
        teachers_assessment_trained staff .24 .00 .06 .03
        parents_meetings      ~      7    .3   .5   .3
        olympiad_stages_held  =      21   .5   .5   .0
        olympiad_observed     olympiad_stages_held .35 .00 .10 .06
        olympiad_appeals      ~      1.1  .2   .0   .0
        olympiad_appeals_upheld olympiad_appeals .25 .0 .0 .0
        site_exam_section     =      82   2.0  6.0  2.5
    """,
    "low_results": """
        network_agreements    =      2.2  .3   .5   .2
        subject_teachers      staff  .78  .00  .00  .00
        teachers_diagnosed    subject_teachers .46 .00 .06 .06
        teachers_deficit      teachers_diagnosed .38 -.03 -.10 -.01
        teachers_improved     teachers_deficit .64 .00 .10 .04
        pupils_at_risk        pupils .09  -.03 -.04 -.003
        pupils_at_risk_supported pupils_at_risk .74 .00 .08 .03
        methodical_visits     =      4    -1.0 -2.0  .3
        plan_measures         =      14   .0   .0   .3
        plan_measures_done    plan_measures .80 .00 .08 .02
        parents_involved      pupils .10  .01  .02  .005
    """,
    "talents": """
        pupils_events         pupils .48  .05  .06  .02
        pupils_events_disabilities pupils_events .03 -.01 .00 .003
        winners_municipal     pupils .07  .015 .02  .003
        winners_regional      pupils .017 .006 .008 .001
        winners_federal       pupils .006 .003 .003 .0005
        research_conferences  pupils .05  .02  .01  .003
        additional_education  pupils .74  .05  .03  .02
        additional_certificates additional_education .46 .00 .00 .03
        individual_plans      p1011  .34  .05  .05  .04
        individual_routes     pupils .025 .006 .008 .003
        deep_study_pupils     p59    .11  .07  .03  .01
        profile_pupils        p1011  .70  .06  .05  .03
        teachers_talent_trained staff .22 .01 .05 .03
        psychological_support pupils .04  .01  .02  .004
        talent_entered        g11    .14  .04  .04  .005
        network_agreements    =      1.6  .5   .6   .25
    """,
    "career_guidance": """
        career_diagnosed      p611   .58  .02  .08  .07
        career_accompanied    p611   .51  .02  .08  .06
        professional_trials   p611   .26  .02  .05  .05
        early_guidance        p15    .44  .01  .06  .06
        disabilities_total    p611   .055 -.015 .00 .002
        disabilities_guidance disabilities_total .66 .00 .08 .05
        enterprise_agreements =      2.6  .4   .6   .4
        enterprise_events     ~      5    .5   .9   .7
        enterprise_pupils     p611   .31  .01  .05  .04
        contest_participants  pupils .08  .01  .02  .01
        entered_college       graduates_9 .50 -.10 -.06 .005
        entered_profile       graduates_11 .57 .04 .06 .01
        entered_university    graduates_11 .60 .09 .08 .00
        entered_region_university entered_university .61 -.05 .00 .01
        chose_deep_subjects   graduates_now .68 .05 .05 .015
        target_contracts      ~      .9   -.1  .1   .15
    """,
    "heads": """
        head_diagnosed        =      .70  .00  .10  .08
        head_score            =      71   1.0  7.0  1.5
        head_trained          =      .86  .00  .08  .03
        head_certified        =      .93  .00  .05  .01
        development_programme =      .68  .00  .15  .04
        prescriptions         =      1.9  -.2 -.7  -.15
        prescriptions_closed  prescriptions .90 .00 .06 .01
        complaints            =      .6  -.15 -.25 .0
        site_complete         =      88   .5   5.0  2.0
        internal_system       =      .84  .00  .12  .03
        staff_category        staff_total .56 .04 .06 .006
        staff_trained         staff_total .84 .01 .05 .015
        staff_vacancies       ~      1.6 -.3  -.4   .1
        reserve               =      1.5  .1   .4   .12
        reserve_trained       reserve .60 .00 .10 .06
        disabilities_pupils   pupils .065 -.02 .00 .003
        disabilities_conditions disabilities_pupils .88 .01 .05 .02
        equipment             =      76   2.0  3.0  2.5
        accessible            =      .52  .02  .08  .04
        extra_income          =      6    1.5  1.0  .3
        hot_meals             =      88   -1.0 1.5  1.5
        career_coverage       =      56   2.0  6.0  6.0
        additional_coverage   =      74   4.0  3.0  2.0
        talents_winners       =      8.5  2.0  2.0  .4
    """,
    "teachers": """
        category_highest      staff_total .26 .04 .05 .004
        category_first        staff_total .30 .01 .02 .003
        trained_3_years       staff_total .85 .01 .05 .015
        retrained             staff_total .035 .00 .01 .003
        diagnosed             staff_total .44 .00 .06 .07
        deficits_found        diagnosed .36 -.02 -.09 -.01
        individual_routes     staff_total .15 .00 .04 .05
        deficits_closed       deficits_found .50 .00 .10 .05
        young                 staff_total .085 .00 .00 .006
        young_mentored        young  .78  .00  .10  .04
        young_left            young  .12 -.02 -.05  .00
        mentors               staff_total .08 .00 .01 .01
        associations          staff_total .72 .00 .04 .03
        network_events        staff_total .14 .01 .04 .015
        contest_participants  staff_total .055 .01 .02 .004
        contest_winners       contest_participants .26 .02 .08 .01
        literacy_practice     staff_total .58 .01 .07 .05
        assessment_trained    staff_total .18 .00 .04 .03
        vacancies             ~      1.6 -.3  -.4   .1
        vacancies_forecast    ~      3.4 -.3  -.5   .2
    """,
    "upbringing": """
        programme             =      .80  .00  .12  .05
        adviser               =      .45  .03  .06  .16
        civic_events          pupils_total .76 .00 .04 .02
        culture_events        pupils_total .70 .02 .04 .02
        ecology_events        pupils_total .55 .00 .04 .02
        labour_events         pupils_total .50 .00 .03 .02
        sports_events         pupils_total .27 .01 .03 .03
        volunteers            pupils_total .16 .01 .04 .025
        union_members         pupils_total .33 .00 .04 .05
        on_register_start     pupils_total .020 -.012 -.004 -.001
        on_register_end       pupils_total .018 -.012 -.005 -.0015
        offences              ~      2.4 -1.2 -.6  -.2
        on_register_occupied  on_register_end .72 .00 .08 .03
        not_native_russian    pupils_total .05 -.02 .00 .003
        not_native_supported  not_native_russian .70 .00 .08 .05
        families_hard         ~      13  -5    .0   .2
        families_supported    families_hard .74 .00 .08 .03
        class_teachers        ~      15   .0   .0   .0
        class_teachers_trained class_teachers .50 .00 .08 .08
        parents_education     pupils .30  .02  .05  .03
        safety_testing_due    p611   .83  .00  .00  .00
        safety_testing_done   safety_testing_due .91 .01 .03 .012
        holiday_covered       pupils_total .64 .01 .04 .02
        network_partners      =      5.5  .5   1.0  .5
    """,
    "preschool": """
        children_disabilities children_total .06 .00 .00 .004
        programme_quality     =      3.5  .0   .35  .10
        adapted_programme     =      .64  .00  .15  .06
        content_social        =      3.6  .0   .35  .09
        content_cognitive     =      3.5  .0   .35  .09
        content_speech        =      3.3  .0   .40  .10
        content_art           =      3.7  .0   .30  .06
        content_physical      =      3.6  .0   .30  .07
        staff_higher_education staff_total .55 .00 .06 .012
        staff_category        staff_total .52 .00 .08 .015
        staff_trained         staff_total .87 .00 .05 .012
        staff_vacancies       ~      2.2  .0  -.6   .0
        environment_quality   =      3.4  .0   .40  .10
        psychological_conditions = 3.5  .0   .35  .08
        parents_surveyed      children_total .66 .00 .04 .02
        parents_satisfied     parents_surveyed .86 .00 .04 .01
        parents_involved      children_total .38 .00 .06 .03
        family_support        children_total .11 .00 .03 .012
        attendance_days       =      158  .0   5.0  2.0
        illness_days          =      14.5 .0  -1.2 -.2
        injuries              ~      .6   .0  -.2   .0
        safety_quality        =      4.0  .0   .25  .05
        internal_system       =      .76  .00  .12  .06
        development_programme =      .70  .00  .14  .05
        management_quality    =      3.5  .0   .40  .09
    """,
    "noko": """
        openness              =      90   .5   3.0  1.2
        comfort               =      87   1.0  3.0  1.0
        accessibility         =      62   1.0  4.0  2.5
        goodwill              =      94   .5   2.0  .4
        satisfaction          =      90   1.0  3.0  .6
        respondents           pupils .38  .00  .00  .01
    """,
}


@dataclass(frozen=True)
class Level:
    """One line of `LINES`."""

    item: str
    base: str
    level: float
    context: float
    quality: float
    year: float

    def mean(self, context: float, quality: float, year: int) -> float:
        moved = self.context * context + self.quality * quality
        return self.level + moved + self.year * (year - 2022)


def read_levels(form: str) -> list[Level]:
    """Return the lines of a form, in order: what an item is a part of comes before it."""
    rows = [line.split() for line in LINES.get(form, "").strip().splitlines()]
    return [Level(row[0], row[1], *map(float, row[2:])) for row in rows]
